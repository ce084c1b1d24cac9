// SPDX-License-Identifier: Apache-2.0
// The file of a checkpoint: what the run was, where it stands, and its state. Knows nothing of the
// platform that the state is of (docs/decisions/0013-checkpoints.md).
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"
#include "platform/config/configuration.hpp"
#include "platform/system/clocks.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace flexv::platform {

struct Checkpoint {
    /// A parameter of the configuration.
    struct Setting {
        std::string key;
        std::string value;  ///< as JSON

        void serialize(StateArchive& archive) { archive(key, value); }
    };

    // What the run was.
    std::string version;            ///< of the program, for a person
    u32 program = 0;                ///< checksum of its file
    std::string firmware;           ///< path, for a person
    u32 image = 0;                  ///< checksum of the ELF file
    std::vector<Setting> settings;  ///< all parameters
    std::string host;               ///< what semihosting gives the firmware
    // Where it stands.
    ClusterCycles cycle = 0;
    std::string state;  ///< of everything that time changes

    void serialize(StateArchive& archive);
};

/// CRC-32 of `bytes`.
[[nodiscard]] u32 checksum_of(std::string_view bytes);
/// The file of the program that runs.
[[nodiscard]] u32 checksum_of_program();
[[nodiscard]] std::vector<Checkpoint::Setting> settings_of(const Configuration& configuration);

[[nodiscard]] std::string file_of(Checkpoint& checkpoint);
/// Throws UserError, with `path` in front, for what is no checkpoint or is damaged.
[[nodiscard]] Checkpoint checkpoint_of(std::string_view file, const std::string& path);
/// The same for a file.
[[nodiscard]] Checkpoint read_checkpoint(const std::string& path);

/// Throws UserError, which says what differs, unless `found`, read from `path`, can go on as `own`.
/// Prices, operating point, limits and what the host does with the results may differ.
void refuse_other_run(const Checkpoint& found, const Checkpoint& own, const std::string& path);
/// The value of a parameter when it was saved.
[[nodiscard]] std::string setting_of(const Checkpoint& checkpoint, std::string_view key);

}  // namespace flexv::platform
