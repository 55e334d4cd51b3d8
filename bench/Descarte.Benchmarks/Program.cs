using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/Descarte.Benchmarks
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args is [] ? ["--filter", "*"] : args);
