// What looks at the store as a whole: these take a while and run beside the writer.
#include <filesystem>

#include "daemon/api/posts.hpp"
#include "daemon/api/posts_bodies.hpp"
#include "daemon/api/problem.hpp"
#include "daemon/engine/backup.hpp"
#include "daemon/engine/verify.hpp"

namespace lotbridge::api {
namespace {

void respond_report(Result<std::string> report, const Respond& respond) {
  if (!report) return respond(problem_response(report.problem()));
  respond({.status = 200,
           .content_type = "application/json",
           .body = std::move(*report),
           .headers = {}});
}

void back_up(const std::string& store_path, const Request& request, const Respond& respond) {
  const auto name = read_backup_name(request.body);
  if (!name) return respond(problem_response(name.problem()));
  const auto folder = std::filesystem::absolute(store_path).parent_path() / "backups";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return respond(problem_response(
        503, "unavailable", "The folder of backups cannot be made: " + error.message() + "."));
  }
  respond_report(engine::backup(store_path, (folder / *name).string()), respond);
}

}  // namespace

void add_store_routes(RouteTable& table, engine::Engine& engine, const std::string& store_path) {
  const auto add = [&table](const char* pattern, Handler handler) {
    table.add({.method = "POST",
               .pattern = pattern,
               .scope = Scope::admin,
               .handler = std::move(handler),
               .blocking = true,
               .stream = {}});
  };
  add("/v1/verify", [store_path, &engine](const Request&, const Respond& respond) {
    respond_report(engine::verify(store_path, engine.settings()), respond);
  });
  add("/v1/rebuild-check", [store_path](const Request&, const Respond& respond) {
    respond_report(engine::rebuild_check(store_path), respond);
  });
  add("/v1/backups", [store_path](const Request& request, const Respond& respond) {
    back_up(store_path, request, respond);
  });
}

}  // namespace lotbridge::api
