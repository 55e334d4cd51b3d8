// The default host, as most services ship it: the control that must lose requests.
var app = WebApplication.CreateSlimBuilder(args).Build();
app.MapGet("/", () => "Hello World!");
app.Run();
