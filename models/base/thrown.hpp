// SPDX-License-Identifier: Apache-2.0
// What code of somebody else throws, as text.
#pragma once

#include <systemc>

#include <exception>
#include <string>

namespace flexv {

/// Calls `body`. \returns what it throws; empty for nothing. The end of a process passes through.
template <typename Body>
[[nodiscard]] std::string thrown_by(const Body& body) {
    try {
        body();
        return {};
    } catch (const sc_core::sc_unwind_exception&) {
        throw;
    } catch (const sc_core::sc_report& report) {
        return report.get_msg();
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "something that is no std::exception";
    }
}

}  // namespace flexv
