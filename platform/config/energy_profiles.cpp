// SPDX-License-Identifier: Apache-2.0
#include "platform/config/energy_profiles.hpp"

#include "base/error.hpp"
#include "platform/config/embedded.hpp"
#include "platform/files/input_file.hpp"

#include <filesystem>

namespace flexv::platform {

namespace {

constexpr std::string_view kFolder = "energy/";
constexpr std::string_view kExtension = ".json";
constexpr u64 kMaxBytes = 16_MiB;

std::string profile_text(const std::string& name_or_file) {
    if (const auto text = embedded_file(fmt::format("{}{}{}", kFolder, name_or_file, kExtension)))
        return std::string(*text);
    std::error_code error;  // a name that cannot be one of a file is none
    if (!std::filesystem::exists(name_or_file, error))
        throw UserError("energy profile {}: no such file; profiles that are built in: {}",
                        name_or_file, fmt::join(energy_profile_names(), ", "));
    return read_input(name_or_file, kMaxBytes, "energy profile " + name_or_file);
}

}  // namespace

std::vector<std::string> energy_profile_names() { return embedded_names(kFolder, kExtension); }

energy::Profile load_energy_profile(const std::string& name_or_file) {
    return energy::parse_profile(profile_text(name_or_file), name_or_file, profile_text);
}

}  // namespace flexv::platform
