// SPDX-License-Identifier: Apache-2.0
// Which exception gives which exit status (docs: exit status of the command line).
#include "platform/cli/exit_status.hpp"

#include "platform/run/systemc_reports.hpp"

#include "base/error.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <systemc>

namespace flexv::platform {

TEST_CASE("the result of a body that throws nothing is the status", "[exit_status]") {
    CHECK(guarded([] { return 42; }) == 42);
}

TEST_CASE("every kind of failure has its own status", "[exit_status]") {
    CHECK(guarded([]() -> int { throw UserError("x"); }) == 101);
    CHECK(guarded([]() -> int { throw FirmwareFault("x"); }) == 102);
    CHECK(guarded([]() -> int { throw InternalError("x"); }) == 103);
    CHECK(guarded([]() -> int { throw std::runtime_error("x"); }) == 103);
    CHECK(guarded([]() -> int { throw 7; }) == 103);
}

TEST_CASE("an error or a fatal report of SystemC is an internal error", "[exit_status]") {
    redirect_systemc_reports();

    CHECK(guarded([]() -> int {
              SC_REPORT_ERROR("/flexv/test", "error");
              return 0;
          }) == 103);
    CHECK(guarded([]() -> int {
              SC_REPORT_FATAL("/flexv/test", "fatal");
              return 0;
          }) == 103);
    CHECK(guarded([] {
              SC_REPORT_WARNING("/flexv/test", "warning");
              return 0;
          }) == 0);
}

}  // namespace flexv::platform
