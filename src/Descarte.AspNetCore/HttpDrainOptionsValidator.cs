using Microsoft.Extensions.Options;

namespace Descarte;

sealed class HttpDrainOptionsValidator : IValidateOptions<HttpDrainOptions>
{
    public ValidateOptionsResult Validate(string? name, HttpDrainOptions options)
    {
        ReadOnlySpan<(string Name, TimeSpan Value)> times =
        [
            (nameof(options.IdleLinger), options.IdleLinger),
            (nameof(options.NewConnectionLinger), options.NewConnectionLinger),
            (nameof(options.ReadOn), options.ReadOn),
            (nameof(options.HeadTimeout), options.HeadTimeout),
            (nameof(options.LongConnectionTimeout), options.LongConnectionTimeout),
        ];
        foreach (var (setting, value) in times)
        {
            if (value < TimeSpan.Zero || value > TimeSpan.FromMinutes(1))
            {
                return ValidateOptionsResult.Fail($"Descarte:{setting}: '{value}' is out of range (00:00:00 to 00:01:00)");
            }
        }

        ReadOnlySpan<(string Name, string? Value)> paths =
        [
            (nameof(options.ReadinessPath), options.ReadinessPath),
            (nameof(options.LivenessPath), options.LivenessPath),
        ];
        foreach (var (setting, value) in paths)
        {
            if (value is not null && !value.StartsWith('/'))
            {
                return ValidateOptionsResult.Fail($"Descarte:{setting}: '{value}' is not a path (it begins with a slash)");
            }
        }

        return ValidateOptionsResult.Success;
    }
}
