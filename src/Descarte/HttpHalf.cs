using Microsoft.Extensions.DependencyInjection;

namespace Descarte;

/// <summary>
/// On a web application's builder in a variable of type <c>IHostApplicationBuilder</c>, as shared service defaults have it, the compiler chooses the
/// method that knows nothing of HTTP. Such an application would lose requests as before, and nobody would know.
/// </summary>
sealed class HttpHalf(IServiceCollection services)
{
    /// <exception cref="InvalidOperationException">The application has a web server, and what would drain it was not added.</exception>
    public void MustBeThereIfNeeded()
    {
        // By name, for this package knows no ASP.NET.
        var serves = services.Any(service => service.ServiceType.FullName == "Microsoft.AspNetCore.Hosting.Server.IServer");
        if (serves && services.Count(service => service.ServiceType == typeof(IDrainParticipant)) == 1)
        {
            throw new InvalidOperationException(
                "This application serves HTTP, and its requests are not drained: call AddGracefulDrain of the package Descarte.AspNetCore, too, on a variable of type WebApplicationBuilder");
        }
    }
}
