// SPDX-License-Identifier: Apache-2.0
// The catcher of everything. A SystemC report that arrives here is ours: what the user can cause is
// a UserError, and what the firmware can cause is a FirmwareFault.
#include "platform/exit_status.hpp"

#include "base/error.hpp"

#include <cstdio>
#include <systemc>

namespace flexv::platform {

namespace {

int fail(ExitStatus status, const char* kind, const char* what) {
    fmt::print(stderr, "flexv: {}: {}\n", kind, what);
    return status;
}

}  // namespace

int guarded(const std::function<int()>& body) {
    try {
        return body();
    } catch (const UserError& error) {
        return fail(user_error, "error", error.what());
    } catch (const FirmwareFault& fault) {
        return fail(firmware_fault, "firmware fault", fault.what());
    } catch (const sc_core::sc_report& report) {
        return fail(internal_error, "internal error", report.what());
    } catch (const std::exception& error) {
        return fail(internal_error, "internal error", error.what());
    } catch (...) {
        return fail(internal_error, "internal error", "unknown exception");
    }
}

}  // namespace flexv::platform
