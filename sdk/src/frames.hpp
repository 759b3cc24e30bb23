// What call.cpp and frames.cpp share. Only sdk/src includes it.
#pragma once

#include <lotbridge/failure.hpp>

namespace lotbridge {

// A host function said no. The host already knows why, so the frame does not explain it again.
class HostSaid : public Failure {
 public:
  HostSaid(lb_status status, const char* function)
      : Failure(status,
                std::string("the host's ") + function + " ended with " + status_name(status)) {}
};

}  // namespace lotbridge
