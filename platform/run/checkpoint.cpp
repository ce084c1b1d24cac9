// SPDX-License-Identifier: Apache-2.0
#include "platform/run/checkpoint.hpp"

#include "base/error.hpp"
#include "platform/files/input_file.hpp"
#include "platform/files/printable.hpp"

#include <algorithm>
#include <array>
#include <boost/crc.hpp>
#include <cstring>
#include <fstream>

namespace flexv::platform {

namespace {

constexpr std::string_view kMagic = "flexv-checkpoint";
constexpr u32 kFormat = 1;  // of the file; that of the state belongs to the program

/// In front of the contents; a checksum of everything stands behind them.
struct Header {
    std::array<char, kMagic.size()> magic{};
    u32 format = kFormat;
    u32 checksum = 0;  // of the contents
    u64 bytes = 0;     // of the contents
};
static_assert(sizeof(Header) == 32);

/// What neither cycles nor state depend on. The frequency is none of them, see Soc::retime().
constexpr std::array kMayDiffer = {
    "clock.mhz",
    "clock.vdd",
    "energy.profile",
    "simulation.quantum_cycles",
    "simulation.max_cycles",
    "soc.uart.input",
};

[[noreturn]] void refuse_file(const std::string& path, const std::string& why) {
    throw UserError("checkpoint {}: {}", path, why);
}

bool may_differ(const std::string& key) {
    return std::ranges::find(kMayDiffer, std::string_view(key)) != kMayDiffer.end();
}

std::string differences(const Checkpoint& found, const Checkpoint& own) {
    std::string lines;
    for (const Checkpoint::Setting& setting : own.settings) {
        const std::string saved = setting_of(found, setting.key);
        if (saved != setting.value && !may_differ(setting.key))
            lines += fmt::format("\n  {} = {} in the checkpoint, {} in this run", setting.key,
                                 printable(saved), setting.value);
    }
    return lines;
}

}  // namespace

void Checkpoint::serialize(StateArchive& archive) {
    archive(version, program, firmware, image);
    archive.list(settings);
    archive(host, cycle, state);
}

u32 checksum_of(std::string_view bytes) {
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return crc.checksum();
}

u32 checksum_of_program() {
    std::ifstream file("/proc/self/exe", std::ios::binary);
    boost::crc_32_type crc;
    std::vector<char> part(1 << 20);
    while (file.read(part.data(), std::streamsize(part.size())) || file.gcount() > 0)
        crc.process_bytes(part.data(), std::size_t(file.gcount()));
    return crc.checksum();
}

std::vector<Checkpoint::Setting> settings_of(const Configuration& configuration) {
    std::vector<Checkpoint::Setting> settings;
    for (const auto& parameter : schema().parameters())
        settings.push_back(
            {.key = parameter.key, .value = value_text(parameter.read(configuration))});
    return settings;
}

std::string setting_of(const Checkpoint& checkpoint, std::string_view key) {
    const auto found = std::ranges::find(checkpoint.settings, key, &Checkpoint::Setting::key);
    return found == checkpoint.settings.end() ? "nothing" : found->value;
}

std::string file_of(Checkpoint& checkpoint) {
    StateArchive archive;
    archive(checkpoint);
    Header header{.checksum = checksum_of(archive.bytes()), .bytes = archive.bytes().size()};
    std::ranges::copy(kMagic, header.magic.begin());
    std::string file(sizeof header, '\0');
    std::memcpy(file.data(), &header, sizeof header);
    return file + archive.bytes();
}

Checkpoint checkpoint_of(std::string_view file, const std::string& path) {
    Header header;
    if (!file.starts_with(kMagic.substr(0, file.size())) || file.empty())
        refuse_file(path, "this is none; flexv-vp run --save-at CYCLE FILE writes one");
    if (file.size() < sizeof header)
        refuse_file(path, fmt::format("it is cut off: {} bytes are too few for any", file.size()));
    std::memcpy(&header, file.data(), sizeof header);
    if (header.format != kFormat)
        refuse_file(path, fmt::format("it has format {}, this program reads format {}",
                                      header.format, kFormat));
    const std::string_view contents = file.substr(sizeof header);
    if (contents.size() != header.bytes)
        refuse_file(path,
                    fmt::format("it is {}: it has {} bytes behind its header, which tells of {}",
                                contents.size() < header.bytes ? "cut off" : "too long",
                                contents.size(), header.bytes));
    if (const u32 found = checksum_of(contents); found != header.checksum)
        refuse_file(path, fmt::format("it is damaged: its checksum is {:#010x}, expected {:#010x}",
                                      found, header.checksum));
    Checkpoint checkpoint;
    StateArchive archive(contents);
    try {
        archive(checkpoint);
    } catch (const UserError& error) {
        refuse_file(path, error.what());
    }
    return checkpoint;
}

Checkpoint read_checkpoint(const std::string& path) {
    constexpr u64 kMaxBytes = 4096_MiB;  // more than all memories that there can be
    return checkpoint_of(read_input(path, kMaxBytes, "checkpoint " + path), path);
}

void refuse_other_run(const Checkpoint& found, const Checkpoint& own, const std::string& path) {
    if (found.version != own.version || found.program != own.program)
        refuse_file(path,
                    fmt::format("it was saved by another build: version {}, program {:#010x}; "
                                "this is version {}, program {:#010x}\n"
                                "  hint: save it again with this program",
                                printable(found.version), found.program, own.version, own.program));
    if (found.image != own.image)
        refuse_file(path,
                    fmt::format("it was saved in a run of another firmware: {}, checksum "
                                "{:#010x}; this is {}, checksum {:#010x}",
                                printable(found.firmware), found.image, own.firmware, own.image));
    if (const std::string lines = differences(found, own); !lines.empty())
        refuse_file(path, "it was saved with another configuration:" + lines);
    if (found.host != own.host)
        refuse_file(path, fmt::format("it was saved with {}; this run has {}",
                                      printable(found.host), own.host));
}

}  // namespace flexv::platform
