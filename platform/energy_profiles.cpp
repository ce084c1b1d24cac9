// SPDX-License-Identifier: Apache-2.0
#include "platform/energy_profiles.hpp"

#include "base/error.hpp"
#include "platform/embedded.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace flexv::platform {

namespace {

constexpr std::string_view kFolder = "energy/";
constexpr std::string_view kExtension = ".json";

std::string profile_text(const std::string& name_or_file) {
    if (const auto text = embedded_file(fmt::format("{}{}{}", kFolder, name_or_file, kExtension)))
        return std::string(*text);
    if (std::filesystem::is_directory(name_or_file))
        throw UserError("energy profile {}: is a folder; give a file, or one of {}", name_or_file,
                        fmt::join(energy_profile_names(), ", "));
    std::ifstream file(name_or_file);
    if (!file)
        throw UserError("energy profile {}: {}; profiles that are built in: {}", name_or_file,
                        errno == ENOENT ? "no such file" : std::strerror(errno),
                        fmt::join(energy_profile_names(), ", "));
    std::ostringstream text;
    text << file.rdbuf();  // sets the fail bit for an empty file
    return text.str();
}

}  // namespace

std::vector<std::string> energy_profile_names() { return embedded_names(kFolder, kExtension); }

energy::Profile load_energy_profile(const std::string& name_or_file) {
    return energy::parse_profile(profile_text(name_or_file), name_or_file, profile_text);
}

}  // namespace flexv::platform
