using Microsoft.Extensions.Options;

namespace Descarte;

/// <summary>Refuses options that cannot work together, naming the setting, its value and what it should be.</summary>
sealed class DrainOptionsValidator<TOptions> : IValidateOptions<TOptions> where TOptions : DrainOptions
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        if (options.GracePeriod < TimeSpan.FromMilliseconds(200) || options.GracePeriod > TimeSpan.FromDays(1))
        {
            return ValidateOptionsResult.Fail($"Descarte:GracePeriod: '{options.GracePeriod}' is not a grace period (00:00:00.2 to 1.00:00:00)");
        }

        if (options.LameDuck < TimeSpan.Zero || options.LameDuck >= options.CutAfter)
        {
            return ValidateOptionsResult.Fail(
                $"Descarte:LameDuck: '{options.LameDuck}' does not fit the grace period of {options.GracePeriod} (00:00:00 to less than {options.CutAfter})");
        }

        return ValidateOptionsResult.Success;
    }
}
