using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Descarte.Benchmarks;

/// <summary>Headers that keep the well-known ones in fields, as Kestrel's do, instead of hashing their names.</summary>
sealed class TypedHeaders : HeaderDictionary, IHeaderDictionary
{
    StringValues IHeaderDictionary.Accept { get; set; }

    StringValues IHeaderDictionary.Upgrade { get; set; }

    StringValues IHeaderDictionary.ContentType { get; set; }

    StringValues IHeaderDictionary.Connection { get; set; }
}
