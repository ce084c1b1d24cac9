// SPDX-License-Identifier: Apache-2.0
// The whole engine against the RTL of the DMA: random programs of all ports, and what the RTL did
// with them cycle by cycle (tests/reference/dma_rtl).
#include "dma/engine.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace flexv::dma {
namespace {

constexpr unsigned kPorts = 10;

struct Step {
    unsigned gap = 0;  ///< cycles between the grant before it and the request
    Access access = {};
};

struct Program {
    std::string name;
    Cycles latency_cycles = 0;
    u32 seed = 0;          ///< of the pattern of lost banks
    u32 lost_percent = 0;  ///< chance of a request to lose its bank
    std::vector<std::vector<Step>> steps = std::vector<std::vector<Step>>(kPorts);
    std::vector<std::string> log;  ///< of the RTL
};

Step parse_step(std::istringstream& line, unsigned& port) {
    Step step;
    std::string what;
    line >> std::dec >> port >> step.gap >> what >> std::hex >> step.access.data;
    step.access.is_write = what.at(0) == 'w';
    step.access.address = what.at(1) == '4' ? 4 : 0;
    return step;
}

std::vector<Program> read_programs() {
    std::ifstream file(FLEXV_REFERENCE_DIR "/dma_rtl/programs.txt");
    std::vector<Program> programs;
    for (std::string text; std::getline(file, text);) {
        std::istringstream line(text);
        std::string kind;
        line >> kind;
        if (kind == "program") {
            programs.emplace_back();
            line >> programs.back().name;
            continue;
        }
        REQUIRE_FALSE(programs.empty());
        Program& program = programs.back();
        if (kind == "latency") {
            u64 cycles = 0;
            line >> cycles;
            program.latency_cycles = Cycles{cycles};
        } else if (kind == "banks") {
            line >> program.seed >> program.lost_percent;
        } else if (kind == "port") {
            unsigned port = 0;
            const Step step = parse_step(line, port);
            program.steps.at(port).push_back(step);
        } else {
            program.log.push_back(text);
        }
    }
    return programs;
}

constexpr unsigned kLanes = DataPath{}.lanes();

/// Whether the request of a TCDM port is lost in a cycle: the test bench of the RTL had the same
/// rule.
bool loses_bank(const Program& program, Cycles cycle, u32 port) {
    u32 hash = program.seed * 2654435761U ^ (u32(cycle) * 40503U + port * 9973U + 1);
    hash = (hash ^ hash >> 13) * 0x85eb'ca6bU;
    hash = (hash ^ hash >> 16) * 0xc2b2'ae35U;
    return (hash ^ hash >> 15) % 100 < program.lost_percent;
}

/// The bench: ports, banks and memory around an engine, and a log of what happens.
class EngineBench final : public Engine::Outside {
public:
    explicit EngineBench(const Program& program)
        : program_(program), position_(kPorts), wait_(kPorts), shown_(kPorts) {
        for (unsigned port = 0; port < kPorts; ++port)
            wait_[port] = program.steps[port].empty() ? 0 : program.steps[port][0].gap;
    }

    /// \param is_lazy cycles in which nothing moves are left out
    std::vector<std::string> run(bool is_lazy) {
        Cycles next = 0;
        for (Cycles now = 1; now < 20'000; ++now) {
            bool is_due = present_accesses();
            is_due |= grant_banks(now);
            if (is_due || !is_lazy || next <= now) {
                next = engine_.step(now);
                log_answers(now);
            }
        }
        std::ranges::stable_sort(log_, {}, [](const auto& line) { return line.first; });
        std::vector<std::string> lines;
        for (const auto& [cycle, text] : log_)
            lines.push_back(fmt::format("{} {}", cycle, text));
        return lines;
    }

private:
    bool present_accesses() {
        bool is_due = false;
        for (unsigned port = 0; port < kPorts; ++port) {
            if (shown_[port] || position_[port] == program_.steps[port].size())
                continue;
            if (wait_[port] != 0) {
                --wait_[port];
                continue;
            }
            engine_.unit().present(port, program_.steps[port][position_[port]].access);
            shown_[port] = is_due = true;
        }
        return is_due;
    }

    bool grant_banks(Cycles now) {
        bool is_due = false;
        for (unsigned port = 0; port < 2 * kLanes; ++port) {
            if (asked_[port] == kNever || asked_[port] > now || loses_bank(program_, now, port))
                continue;
            asked_[port] = kNever;
            hash_ = (hash_ ^ (u64(now) * 8 + port)) * 1'099'511'628'211U;
            hash_ = (hash_ ^ (address_[port] & 0x1'fffc)) * 1'099'511'628'211U;
            engine_.granted(port >= kLanes, port % kLanes, now);
            is_due = true;
        }
        return is_due;
    }

    void log_answers(Cycles now) {
        for (unsigned port = 0; port < kPorts; ++port) {
            if ((engine_.unit().granted() >> port & 1) == 0)
                continue;
            const auto& steps = program_.steps[port];
            const Access& access = steps[position_[port]].access;
            if (access.is_write)
                note(now, fmt::format("port {} write", port));
            else
                note(now, fmt::format("port {} read {:08x}", port, engine_.unit().answer(port)));
            shown_[port] = false;
            if (++position_[port] < steps.size())
                wait_[port] = steps[position_[port]].gap;
        }
    }

    void note(Cycles now, std::string text) { log_.emplace_back(now, std::move(text)); }

    void request_word(bool is_receive, unsigned lane, Address address, Cycles cycle) override {
        const unsigned port = lane + (is_receive ? kLanes : 0);
        asked_[port] = cycle;
        address_[port] = address;
    }
    void move_word(bool /*is_receive*/, u8* /*data*/, Address /*address*/, u32 /*bytes*/) override {
    }
    Cycles access_external(OpenBurst& burst, Cycles now) override {
        note(now, fmt::format("{} {:08x} {} beats, banks {:016x}",
                              burst.is_receive ? "read of" : "last beat to", burst.burst.external,
                              burst.burst.beats(), hash_));
        return program_.latency_cycles;
    }
    void stalled(Cycles /*cycles*/) override {}
    void tell(const Notice& notice, Cycles now) override {
        const u32 ports = notice.is_broadcast ? (1U << kPorts) - 1 : 1U << notice.port;
        if (notice.raises_event)
            note(now, fmt::format("event {:03x}, banks {:016x}", ports, hash_));
        if (notice.raises_interrupt)
            note(now, fmt::format("interrupt {:03x}", ports));
    }

    const Program& program_;
    Engine engine_{*this, {}, TransferIds::kMaxIds};
    std::vector<std::size_t> position_;
    std::vector<unsigned> wait_;
    std::vector<char> shown_;
    std::array<Cycles, 2 * kLanes> asked_{kNever, kNever, kNever, kNever};
    std::array<Address, 2 * kLanes> address_{};
    u64 hash_ = 14'695'981'039'346'656'037U;  // of all grants of banks so far, FNV-1a
    std::vector<std::pair<Cycles, std::string>> log_;
};

void check_equal(const Program& program, const std::vector<std::string>& log) {
    CAPTURE(program.name);
    for (std::size_t i = 0; i < std::max(log.size(), program.log.size()); ++i) {
        const std::string ours = i < log.size() ? log[i] : "nothing";
        const std::string theirs = i < program.log.size() ? program.log[i] : "nothing";
        if (ours != theirs)
            FAIL("engine: " << ours << "; RTL: " << theirs);
    }
    SUCCEED();
}

TEST_CASE("random programs of all ports run as on the RTL, cycle by cycle", "[dma][rtl]") {
    const std::vector<Program> programs = read_programs();
    REQUIRE(programs.size() >= 40);

    for (const Program& program : programs)
        check_equal(program, EngineBench(program).run(false));
}

TEST_CASE("leaving out the cycles in which nothing moves changes nothing", "[dma]") {
    for (const Program& program : read_programs())
        check_equal(program, EngineBench(program).run(true));
}

}  // namespace
}  // namespace flexv::dma
