// SPDX-License-Identifier: Apache-2.0
// The catcher of everything. A SystemC report that arrives here is ours: what the user can cause is
// a UserError, and what the firmware can cause is a FirmwareFault.
#include "platform/cli/exit_status.hpp"

#include "base/console.hpp"
#include "base/error.hpp"

#include <cerrno>
#include <csignal>
#include <systemc>

namespace flexv::platform {

namespace {

int fail(ExitStatus status, const char* kind, const char* what) {
    console::tell("flexv: {}: {}\n", kind, what);
    return status;
}

}  // namespace

int refuse(const UserError& mistake) { return fail(user_error, "error", mistake.what()); }

int guarded(const std::function<int()>& body) {
    try {
        return body();
    } catch (const UserError& error) {
        return refuse(error);
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

int print(std::string_view text) {
    console::put(text);
    if (console::failure() == EPIPE)
        return signal_base + SIGPIPE;
    if (console::failure() != 0)
        throw UserError(console::problem());
    return 0;
}

}  // namespace flexv::platform
