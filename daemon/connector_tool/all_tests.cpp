// The order in which the groups are run and shown.
#include "daemon/connector_tool/test.hpp"

namespace lotbridge::connector_tool {

std::vector<Test> all_tests(const Package& package, const Offer& offer) {
  Tests out;
  add_file_tests(out, package, offer);
  add_descriptor_tests(out, package, offer);
  add_life_tests(out, package, offer);
  add_rules_tests(out, package, offer);
  add_records_tests(out, package, offer);
  add_faults_tests(out, package, offer);
  add_resume_tests(out, package, offer);
  add_write_back_tests(out, package, offer);
  add_webhooks_tests(out, package, offer);
  add_secrets_tests(out, package, offer);
  add_limits_tests(out, package, offer);
  add_parity_tests(out, package, offer);
  add_fuzz_tests(out, package, offer);
  return out;
}

}  // namespace lotbridge::connector_tool
