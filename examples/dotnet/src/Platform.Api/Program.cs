using Platform.Core;

var app = WebApplication.CreateBuilder(args).Build();
app.MapGet("/health", () => "ok");
app.MapGet("/hello/{name}", (string name) => Greeting.For(name));
app.Run();
