using Microsoft.Extensions.DependencyInjection;

namespace Descarte;

static class ServiceDecoration
{
    /// <summary>Wraps every registration of a service made so far.</summary>
    public static void Decorate<TService>(this IServiceCollection services, Func<IServiceProvider, TService, TService> decorate)
        where TService : class
    {
        for (var i = 0; i < services.Count; i++)
        {
            var original = services[i];
            if (original.ServiceType == typeof(TService) && !original.IsKeyedService)
            {
                services[i] = ServiceDescriptor.Describe(
                    typeof(TService),
                    provider => decorate(provider, (TService)Create(original, provider)),
                    original.Lifetime);
            }
        }
    }

    static object Create(ServiceDescriptor original, IServiceProvider provider) =>
        original.ImplementationInstance
        ?? original.ImplementationFactory?.Invoke(provider)
        ?? ActivatorUtilities.CreateInstance(provider, original.ImplementationType!);
}
