// SPDX-License-Identifier: Apache-2.0
// The report handler of flexv-vp. Fatal reports are thrown like errors, so that the program ends
// through its own exit status instead of abort().
#include "platform/run/systemc_reports.hpp"

#include "base/log.hpp"

#include <systemc>

namespace flexv::platform {

namespace {

void handle(const sc_core::sc_report& report, const sc_core::sc_actions& /*actions*/) {
    static const Log log{"systemc"};
    switch (report.get_severity()) {
        case sc_core::SC_INFO:
            log.info("{}: {}", report.get_msg_type(), report.get_msg());
            break;
        case sc_core::SC_WARNING:
            log.warn("{}: {}", report.get_msg_type(), report.get_msg());
            break;
        default:
            throw sc_core::sc_report(report);
    }
}

}  // namespace

void redirect_systemc_reports() { sc_core::sc_report_handler::set_handler(handle); }

}  // namespace flexv::platform
