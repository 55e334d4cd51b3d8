using System.CommandLine;
using Descarte.Conformance.Clauses;
using Descarte.Conformance.Subjects;

namespace Descarte.Cli.Prove;

/// <summary><c>descarte clauses</c>.</summary>
static class ClausesCommand
{
    public static Command Create()
    {
        var id = new Argument<string?>("id") { Description = "One clause to explain; without it all are listed", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("clauses", "Lists the clauses, or explains one.") { id };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(id) is not { } wanted)
            {
                foreach (var clause in Catalog.All)
                {
                    Console.WriteLine($"{clause.Id}  {Level(clause),-6}  {clause.Title}");
                }

                return 0;
            }

            Explain(Catalog.Find(wanted) ?? throw new SubjectException($"There is no clause {wanted}: descarte clauses lists them"));
            return 0;
        });
        return command;
    }

    static void Explain(Clause clause)
    {
        Console.WriteLine($"""
            {clause.Id} {clause.Title} ({Level(clause)})
            a failure: {clause.FailureTitle}

            Requirement  {clause.Requirement}
            Experiment   {clause.Tried}
            Source       {clause.Source}
            Remedy       {clause.Remedy}
            """);
        if (clause.Needs is { } hint)
        {
            Console.WriteLine($"Needs        {hint}");
        }

        if (clause.Profile is { } profile)
        {
            Console.WriteLine($"Profile      {(profile == Conformance.Judging.Profile.Strict ? "strict" : "lame-duck")}");
        }
    }

    static string Level(Clause clause) => clause.Level == Conformance.Clauses.Level.Must ? "MUST" : "SHOULD";
}
