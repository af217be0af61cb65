const http = require("node:http");

const server = http.createServer((request, response) => {
  response.end(request.url === "/api/health" ? "ok\n" : "portal\n");
});
server.listen(3000);
process.on("SIGTERM", () => server.close());
