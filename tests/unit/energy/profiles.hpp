// SPDX-License-Identifier: Apache-2.0
// Profiles for tests: the shipped files of platform/data/energy, and small ones that are written in
// the test.
#pragma once

#include "base/error.hpp"
#include "energy/profile.hpp"

#include <fstream>
#include <sstream>
#include <string>

namespace flexv::energy::test {

inline std::string shipped_text(const std::string& name) {
    std::ifstream file(std::string(FLEXV_PROFILE_DIR) + "/" + name + ".json");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

inline Profile shipped(const std::string& name) {
    return parse_profile(shipped_text(name), name, shipped_text);
}

/// A profile with 1 V, 100 MHz, a law for each kind of price, and these coefficients.
inline std::string small_text(const std::string& coefficients, const std::string& more = "") {
    return R"({"name": "small", "meaning": "for tests",
        "reference": {"vdd": 1.0, "mhz": 100, "corner": "none"},
        "valid": {"vdd_min": 0.5, "vdd_max": 2.0, "kind": "assumed", "source": "test"},
        "uncertainty": {"total_percent": 10, "component_percent": 30, "kind": "assumed",
                        "source": "test"},
        "laws": {"dynamic": {"exponent": 2, "scale": 1, "kind": "assumed", "source": "test"},
                 "leakage": {"slope_per_volt": 2, "kind": "assumed", "source": "test"}},
        "leakage": {"mw": 1.0, "kind": "derived", "source": "test",
                    "split": {"leak.a": 0.25, "leak.b": 0.75}},
        "coefficients": [)" +
           coefficients + "]" + more + "}";
}

inline std::string price(const std::string& symbol, const std::string& counter,
                         const std::string& component, const std::string& value,
                         const std::string& more = "") {
    return R"({"symbol": ")" + symbol + R"(", "counter": ")" + counter + R"(", "component": ")" +
           component + R"(", "value": )" + value +
           R"(, "unit": "pJ", "kind": "assumed", "source": "test")" + more + "}";
}

inline Profile small(const std::string& coefficients, const std::string& more = "") {
    return parse_profile(small_text(coefficients, more), "small.json", shipped_text);
}

/// The message with which reading `text` fails; empty when it does not.
inline std::string complaint(const std::string& text) {
    try {
        static_cast<void>(parse_profile(text, "file.json", shipped_text));
    } catch (const UserError& error) {
        return error.what();
    }
    return {};
}

}  // namespace flexv::energy::test
