const http = require("node:http");

const server = http.createServer((request, response) => {
  response.end(request.url === "/health" ? "ok\n" : "no orders yet\n");
});
server.listen(3000);
process.on("SIGTERM", () => server.close());
