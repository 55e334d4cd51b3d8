using System.CommandLine;
using Descarte.Conformance.Subjects;

namespace Descarte.Cli.Prove;

/// <summary>The options that name a container to test.</summary>
sealed class ContainerOptionSet
{
    readonly Option<string?> _image = new("--image") { Description = "Start and stop a container of this image; what stands behind -- are its arguments: opens 10.1 and 10.2" };
    readonly Option<string?> _container = new("--container") { Description = "The same with a container that is there; afterwards it is as it was" };
    readonly Option<string?> _compose = new("--compose") { Description = "The same with the container of --service in this compose file" };
    readonly Option<string?> _service = new("--service") { Description = "The service of --compose" };

    public IEnumerable<Option> All => [_image, _container, _compose, _service];

    /// <returns>Null when none is named.</returns>
    /// <param name="parsed">The command line up to the two dashes.</param>
    /// <param name="command">What stands behind them.</param>
    /// <param name="hasVariables">Whether <c>--env</c> was given.</param>
    /// <exception cref="SubjectException">They contradict each other.</exception>
    public ContainerOptions? Read(ParseResult parsed, string[] command, bool hasVariables)
    {
        var options = new ContainerOptions
        {
            Image = parsed.GetValue(_image), Name = parsed.GetValue(_container), ComposeFile = parsed.GetValue(_compose), Service = parsed.GetValue(_service),
        };
        var named = new[] { options.Image, options.Name, options.ComposeFile }.Count(name => name is not null);
        return (options.ComposeFile is null) != (options.Service is null) ? throw new SubjectException("--compose and --service go together: the file, and which of its services to stop")
            : named > 1 ? throw new SubjectException("Either --image, --container or --compose")
            : named == 0 ? null
            : options.Image is null && (command.Length > 0 || hasVariables) ? throw new SubjectException("A container that is there has its command and its variables already: leave out --env and what stands behind --")
            : options;
    }
}
