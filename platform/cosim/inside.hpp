// SPDX-License-Identifier: Apache-2.0
// Lets modules that are made behind the constructor of another one stand below it in the hierarchy.
#pragma once

#include <systemc>

namespace flexv::platform::cosim {

/// While it lives, what is constructed becomes a child of `parent`. Before time starts.
class Inside {
public:
#if SYSTEMC_VERSION >= 20240000  // 3.0
    explicit Inside(sc_core::sc_module& parent) : scope_(parent.get_hierarchy_scope()) {}

private:
    sc_core::sc_hierarchy_scope scope_;
#else
    explicit Inside(sc_core::sc_module& parent) {
        sc_core::sc_get_curr_simcontext()->hierarchy_push(&parent);
    }
    ~Inside() { sc_core::sc_get_curr_simcontext()->hierarchy_pop(); }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
#endif
};

}  // namespace flexv::platform::cosim
