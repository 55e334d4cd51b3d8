using System.Runtime.InteropServices;
using System.Text;

namespace Descarte.Pool.Processes;

/// <summary>Strings as C takes them: an array of pointers that ends with a null one.</summary>
sealed unsafe class StringVector : IDisposable
{
    readonly int _count;
    byte** _pointers;

    public StringVector(IReadOnlyList<string> strings)
    {
        _count = strings.Count;
        _pointers = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*));
        for (var index = 0; index < _count; index++)
        {
            var length = Encoding.UTF8.GetByteCount(strings[index]);
            _pointers[index] = (byte*)NativeMemory.AllocZeroed((nuint)length + 1);
            Encoding.UTF8.GetBytes(strings[index], new Span<byte>(_pointers[index], length));
        }
    }

    public byte** Pointers => _pointers;

    public void Dispose()
    {
        for (var index = 0; index < _count; index++)
        {
            NativeMemory.Free(_pointers[index]);
        }

        NativeMemory.Free(_pointers);
        _pointers = null;
    }
}
