// SPDX-License-Identifier: Apache-2.0
// A run into a checkpoint and out of it.
#include "base/error.hpp"
#include "platform/files/output_file.hpp"
#include "platform/run/simulation.hpp"

namespace flexv::platform {

namespace {

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

/// What this run is.
Checkpoint Simulation::description() const {
    return {.version = FLEXV_VERSION,
            .program = checksum_of_program(),
            .firmware = image_.name(),
            .image = checksum_of(text_of(image_.bytes())),
            .settings = settings_of(configuration_),
            .host = host_access_,
            .state = {}};
}

void Simulation::serialize(StateArchive& archive) {
    archive.part("the SoC", [&] { soc_.serialize(archive); });
    archive.part("the run", [&] {
        archive(regions_, warnings_, htif_);
        for (const core::Core* const core : soc_.cores()) {
            const auto known = starts_.find(core);
            std::optional<Cycles> start;
            if (known != starts_.end())
                start = known->second;
            archive(start);
            if (start)
                starts_[core] = *start;
        }
    });
    if (semihosting_)
        archive.part("semihosting", [&] { semihosting_->serialize(archive); });
}

void Simulation::save_at(ClusterCycles cycle, OutputFile& file) {
    if (soc_.outside.is_used())
        throw UserError(
            "{}: modules outside of the platform are connected, and nobody can save their state",
            file.name());
    if (gdb_)
        throw UserError(
            "{}: a debugger may hold cores in the midst of a cycle\n"
            "  hint: save without --gdb; --restore FILE --gdb PORT goes on from there",
            file.name());
    if (uart_line_)
        throw UserError(
            "{}: somebody is at the UART (--uart), and what he has typed repeats nowhere",
            file.name());
    if (cycle < soc_.now())
        throw UserError("{}: cycle {} lies before cycle {}, in which the run is restored",
                        file.name(), cycle, soc_.now());
    soc_.pause_probe.attach([this, &file] { save(file); });
    soc_.pause_at(cycle);
}

void Simulation::save(OutputFile& file) {
    if (semihosting_ && semihosting_->has_open_files())
        return file.fail("the firmware has files of the host open in that cycle");
    StateArchive archive;
    serialize(archive);
    Checkpoint checkpoint = description();
    checkpoint.cycle = soc_.now();
    checkpoint.state = archive.bytes();
    file.write(file_of(checkpoint));
    file.commit();
    has_saved_ = true;
}

/// What follows the firmware from its first instruction on.
void Simulation::refuse_late_instruments() const {
    const std::pair<bool, const char*> asked[] = {{checks_ != nullptr, "--check"},
                                                  {functions_ != nullptr, "--profile"},
                                                  {request_.timeline != nullptr, "--timeline"},
                                                  {request_.wave != nullptr, "--wave"}};
    for (const auto& [is_asked, option] : asked)
        if (is_asked)
            throw UserError("{} has to see the run from its beginning, so not with --restore",
                            option);
}

void Simulation::restore(const std::string& path) {
    refuse_late_instruments();
    if (uart_line_)
        throw UserError("checkpoint {}: the run was saved without somebody at the UART (--uart)",
                        path);
    if (soc_.outside.is_used())
        throw UserError(
            "checkpoint {}: modules outside of the platform are connected, whose state it does not "
            "hold",
            path);
    const Checkpoint found = read_checkpoint(path);
    const Checkpoint own = description();
    refuse_other_run(found, own, path);
    StateArchive archive(found.state);
    try {
        serialize(archive);
    } catch (const std::exception& error) {
        throw UserError("checkpoint {}: {}", path, error.what());
    }
    if (setting_of(found, "clock.mhz") != setting_of(own, "clock.mhz") && !soc_.retime())
        throw UserError(
            "checkpoint {}: clock.mhz = {} in the checkpoint, {} in this run, and cycles depend on "
            "it: the SoC has another clock than the cluster, an FLL was set, or a timer counts the "
            "reference clock",
            path, setting_of(found, "clock.mhz"), setting_of(own, "clock.mhz"));
    const ClusterCycles limit(configuration_.simulation.max_cycles);
    if (limit != 0 && limit < soc_.now())
        throw UserError(
            "checkpoint {}: simulation.max_cycles = {} lies before its cycle, which is {}", path,
            limit, soc_.now());
    for (const double mhz : soc_.cluster_clocks().clocks())
        if (mhz != point_.mhz)
            prices_.add_clock(profile_, mhz);
    restored_ = {.cycle = Cycles(soc_.now()), .instructions = instructions()};
    if (views_) {
        soc_.clusters.settle_part(soc_.now());
        views_->start_at(Cycles(soc_.now()));
    }
}

}  // namespace flexv::platform
