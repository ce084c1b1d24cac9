// SPDX-License-Identifier: Apache-2.0
// SystemC's own messages; the kernel's default prints them to stdout, which belongs to the
// firmware.
#pragma once

namespace flexv::platform {

/// From now on informations and warnings of SystemC go to the log, errors are thrown as sc_report.
void redirect_systemc_reports();

}  // namespace flexv::platform
