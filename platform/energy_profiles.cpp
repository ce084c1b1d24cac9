// SPDX-License-Identifier: Apache-2.0
#include "platform/energy_profiles.hpp"

#include "base/error.hpp"
#include "platform/embedded.hpp"

#include <fstream>
#include <sstream>

namespace flexv::platform {

namespace {

constexpr std::string_view kFolder = "energy/";
constexpr std::string_view kExtension = ".json";

std::string profile_text(const std::string& name_or_file) {
    if (const auto text = embedded_file(fmt::format("{}{}{}", kFolder, name_or_file, kExtension)))
        return std::string(*text);
    std::ifstream file(name_or_file);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf()))
        throw UserError("energy profile {}: no such file; profiles that are built in: {}",
                        name_or_file, fmt::join(energy_profile_names(), ", "));
    return text.str();
}

}  // namespace

std::vector<std::string> energy_profile_names() { return embedded_names(kFolder, kExtension); }

energy::Profile load_energy_profile(const std::string& name_or_file) {
    return energy::parse_profile(profile_text(name_or_file), name_or_file, profile_text);
}

}  // namespace flexv::platform
