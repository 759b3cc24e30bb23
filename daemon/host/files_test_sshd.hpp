// OpenSSH's server on a free port of the loopback, for tests: own keys, own folder, gone with the
// object.
//
// Runs as whoever runs the test. started() is false where the machine has no sshd or it does not
// come up.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace lotbridge::host {

class TestSshd {
 public:
  // `folder` is an empty folder of the test; the server's files go there.
  explicit TestSshd(std::filesystem::path folder);
  ~TestSshd();
  TestSshd(const TestSshd&) = delete;
  TestSshd& operator=(const TestSshd&) = delete;

  bool started() const { return started_; }
  std::uint16_t port() const { return port_; }
  const std::string& user() const { return user_; }
  const std::string& private_key() const { return private_key_; }  // the client's, its text
  const std::string& fingerprint() const {
    return fingerprint_;
  }                // "SHA256:..." of the server's key
  void restart();  // as after a reboot: kept connections are dead
  // settings.drop for this server.
  std::string drop(const std::filesystem::path& path) const;

 private:
  void start();
  void stop();

  std::filesystem::path folder_;
  std::string user_, private_key_, fingerprint_;
  std::uint16_t port_ = 0;
  pid_t child_ = -1;
  bool started_ = false;
};

}  // namespace lotbridge::host
