// Waits for ever, but politely: it uses no processor time and never asks whether it should end.
#include <ctime>

#include "hostile.hpp"

lb_status misbehave(const lb_host*, lb_call*) {
  while (true) {
    timespec second{1, 0};
    nanosleep(&second, nullptr);
  }
}
