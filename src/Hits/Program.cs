using Descarte;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddGracefulDrain();
var app = builder.Build();
app.MapGet("/", () => "Hello World!");
app.Run();
