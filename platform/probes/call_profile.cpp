// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/call_profile.hpp"

#include "platform/firmware/source_lines.hpp"
#include "platform/probes/branches.hpp"
#include "platform/probes/core_counters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <optional>
#include <type_traits>

namespace flexv::platform {

namespace {

constexpr const char* kNoSymbol = "(no symbol)";
static_assert(ProfileCost::kStalls == core::kStallCauses);
static_assert(std::has_unique_object_representations_v<EventCount>, "counts compare as bytes");

using Stalls = std::array<u64, core::kStallCauses>;

/// Cycles of these follow the instruction that causes them, those of all others lie in front of it.
constexpr bool is_booked_behind(unsigned cause) {
    const auto stall = core::Stall(cause);
    return stall == core::Stall::jump || stall == core::Stall::execute ||
           stall == core::Stall::flush;
}

/// What one instruction has cost in one chain of calls.
struct Cell {
    Address pc = 0;
    const isa::Instruction* row = nullptr;
    bool has_no_product = false;  ///< a Mac&Load with rd = x0
    u64 count = 0;
    Stalls stalls{};
    u64 taken = 0;
    u64 macs = 0;
    u64 mixed = 0;
    u64 divide_cycles = 0;
    u64 reads = 0;  ///< of the TCDM
    u64 writes = 0;
    std::vector<std::pair<Address, Cycles>> sleeps{};  ///< by address; 0: wfi

    void add_sleep(Address address, Cycles cycles) {
        for (auto& [known, sum] : sleeps)
            if (known == address) {
                sum += cycles;
                return;
            }
        sleeps.emplace_back(address, cycles);
    }
};

/// A function in one chain of calls.
struct Node {
    unsigned parent = ProfileNode::kNone;
    const ElfImage::Symbol* function = nullptr;
    Address called_at = 0;
    bool is_handler = false;
    u64 calls = 0;
    std::deque<Cell> cells{};      // they stay where they are
    std::vector<Cell*> cell_of{};  ///< [halfword of the function]; null: none
    std::map<std::pair<const ElfImage::Symbol*, Address>, unsigned> children{};

    /// The cell of an instruction; a new one where there is none, or code has changed.
    Cell& cell(Address pc, const isa::Instruction* row) {
        const Address offset = function == nullptr ? pc : pc - function->address;
        const bool has_place = function != nullptr && offset < function->size;
        if (!has_place)
            return find(pc, row);
        if (cell_of.empty())
            cell_of.resize(function->size / 2 + 1);
        Cell*& cell = cell_of[offset / 2];
        if (cell == nullptr || cell->row != row) {
            cells.push_back({.pc = pc, .row = row});
            cell = &cells.back();
        }
        return *cell;
    }
    /// Of an instruction that has not been executed to its end.
    Cell& at(Address pc) {
        const auto found = std::ranges::find(cells, pc, &Cell::pc);
        return found == cells.end() ? cell(pc, nullptr) : *found;
    }
    Cell& find(Address pc, const isa::Instruction* row) {
        const auto found = std::ranges::find_if(
            cells, [&](const Cell& cell) { return cell.pc == pc && cell.row == row; });
        if (found != cells.end())
            return *found;
        cells.push_back({.pc = pc, .row = row});
        return cells.back();
    }
};

}  // namespace

/// One core.
class CallProfile::CoreObserver final : public core::Observer, private CallListener {
public:
    CoreObserver(const ElfImage& image, core::Core& core, std::string path)
        : core_(core), path_(std::move(path)), tracker_(image, *this) {
        nodes_.push_back({});
        node_ = &nodes_.front();
        const auto& counters = core.counters();
        divide_ =
            std::ranges::find(counters, name_of(CoreCounter::divide_cycles), &CounterInfo::name) -
            counters.begin();
    }

    void before(const core::Execution& execution, isa::Hart& hart) override {
        if (execution.previous.slot == nullptr)
            restart();
        tracker_.arrive(hart);
        Cell& cell = node_->cell(execution.pc, &execution.row);
        book(&cell, execution.memory ? execution.memory->address : 0);
        ++cell.count;
        macs_ = hart.macs;
        mixed_ = hart.mixed_dot_products;
        cell_ = &cell;
    }

    void after(const core::Execution& execution, isa::Hart& hart) override {
        Cell& cell = *cell_;
        cell.macs += hart.macs - macs_;
        cell.mixed += hart.mixed_dot_products - mixed_;
        cell.has_no_product = execution.slot.op.rd == 0;
        if (takes_branch(execution.row, hart))
            ++cell.taken;
        if (execution.memory && execution.memory->is_tcdm)
            ++(execution.memory->is_write ? cell.writes : cell.reads);
        tracker_.leave(execution.row, execution.slot.op, hart);
    }

    void finish() {
        if (core_.is_off() || tracker_.stack().empty())
            return;
        const isa::Hart& hart = core_.hart();
        Cell& cell = nodes_[current_].at(hart.pc);
        const auto access = cell_ != nullptr ? core_.access_in_front() : std::nullopt;
        book(&cell, access ? access->address : 0);
    }

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const std::deque<Node>& nodes() const { return nodes_; }

private:
    /// Gives the cycles that were booked since the last call to the instruction behind which they
    /// lie, or to `next`.
    void book(Cell* next, Address address) {
        Cell* const last = cell_ == nullptr ? next : cell_;
        if (std::memcmp(core_.stalls().data(), stalls_.data(), sizeof stalls_) != 0)
            book_stalls(*last, *next);
        if (core_.sleep_cycles() != asleep_) {
            const bool is_wfi = last->row != nullptr && last->row->timing == isa::Timing::wfi;
            (is_wfi ? last : next)->add_sleep(is_wfi ? 0 : address, core_.sleep_cycles() - asleep_);
            asleep_ = core_.sleep_cycles();
        }
        const bool divides = last->row != nullptr && last->row->timing == isa::Timing::divide;
        if (!divides)
            return;
        const u64 cycles = core_.counters()[std::size_t(divide_)].value();
        last->divide_cycles += cycles - divide_cycles_;
        divide_cycles_ = cycles;
    }

    void book_stalls(Cell& last, Cell& next) {
        for (unsigned cause = 0; cause < core::kStallCauses; ++cause) {
            const u64 lost = core_.stalls()[cause] - stalls_[cause];
            (is_booked_behind(cause) ? last : next).stalls[cause] += lost;
        }
        stalls_ = core_.stalls();
    }

    /// Counts of the core begin at 0 again.
    void restart() {
        tracker_.forget();
        cell_ = nullptr;
        stalls_ = {};
        asleep_ = 0;
        divide_cycles_ = 0;
    }

    void entered(const CallFrame& frame) override {
        const auto key = std::pair(frame.function, frame.called_at);
        const auto [place, is_new] =
            nodes_[current_].children.try_emplace(key, unsigned(nodes_.size()));
        if (is_new)
            nodes_.push_back({.parent = current_,
                              .function = frame.function,
                              .called_at = frame.called_at,
                              .is_handler = frame.is_handler});
        go_to(place->second);
        ++node_->calls;
    }
    void left() override { go_to(node_->parent); }
    void go_to(unsigned node) {
        current_ = node;
        node_ = &nodes_[node];
    }

    core::Core& core_;
    const std::string path_;
    CallTracker tracker_;
    std::deque<Node> nodes_;  // the first one is no function, but whom none has called hangs on it
    unsigned current_ = 0;
    Node* node_ = nullptr;                                 // the same
    Cell* cell_ = nullptr;                                 // of the last instruction
    std::array<EventCount, core::kStallCauses> stalls_{};  // of the core, booked
    Cycles asleep_ = 0;
    u64 macs_ = 0;
    u64 mixed_ = 0;
    std::ptrdiff_t divide_ = 0;  // index of the counter
    u64 divide_cycles_ = 0;
};

/// From instructions to lines, functions and prices.
class CallProfile::Builder {
public:
    Builder(const CallProfile& profile, const std::vector<std::string>& paths, const Price& price)
        : profile_(profile),
          paths_(paths),
          lines_(profile.image_),
          price_(price),
          counts_(paths.size()) {
        for (unsigned cause = 0; cause < core::kStallCauses; ++cause)
            result_.stall_names.emplace_back(core::name_of(core::Stall(cause)));
    }

    void add(const CoreObserver& observer) {
        find_counters(observer.path());
        const unsigned core = unsigned(result_.cores.size());
        result_.cores.push_back(observer.path());
        std::vector<unsigned> placed(observer.nodes().size(), ProfileNode::kNone);
        for (std::size_t i = 1; i < observer.nodes().size(); ++i) {
            const Node& node = observer.nodes()[i];
            placed[i] = unsigned(result_.nodes.size());
            result_.nodes.push_back({.parent = placed[node.parent],
                                     .function = function_of(node.function),
                                     .core = core,
                                     .called_at = place_of(node.called_at),
                                     .calls = node.calls,
                                     .is_handler = node.is_handler,
                                     .lines = {}});
            add_lines(placed[i], node);
            add_waits(placed[i], node);
        }
    }

    [[nodiscard]] Profile take() && { return std::move(result_); }

private:
    const ProfilePlace& place_of(Address pc) {
        const auto [found, is_new] = places_.try_emplace(pc);
        if (const auto line = is_new ? lines_.at(pc) : std::nullopt)
            found->second = {.file = line->file, .line = line->line};
        return found->second;
    }

    unsigned function_named(const std::string& name, const ProfilePlace& place, bool is_wait) {
        result_.functions.push_back({.name = name, .place = place, .is_wait = is_wait});
        return unsigned(result_.functions.size() - 1);
    }
    unsigned function_of(const ElfImage::Symbol* symbol) {
        const auto found = functions_.find(symbol);
        if (found != functions_.end())
            return found->second;
        const unsigned index = symbol == nullptr
                                   ? function_named(kNoSymbol, {}, false)
                                   : function_named(symbol->name, place_of(symbol->address), false);
        return functions_[symbol] = index;
    }
    unsigned wait_of(Address address) {
        const std::string name =
            fmt::format("[asleep: {}]", address == 0 ? "wfi" : profile_.wait_name_(address));
        const auto found = waits_.find(name);
        return found != waits_.end() ? found->second
                                     : waits_[name] = function_named(name, {}, true);
    }

    void find_counters(const std::string& core) {
        counters_.emplace(core, paths_);
        const std::string tcdm = core.substr(0, core.find('.')) + ".tcdm.";
        reads_ = place_of_path(tcdm + "reads");
        writes_ = place_of_path(tcdm + "writes");
        for (unsigned cause = 0; cause < core::kStallCauses; ++cause) {
            const auto& stalls = counters_->stalls();
            const auto found = std::ranges::find(stalls, result_.stall_names[cause],
                                                 &std::pair<std::string, std::size_t>::first);
            stalls_[cause] = found == stalls.end() ? std::nullopt : std::optional(found->second);
        }
    }
    [[nodiscard]] std::optional<std::size_t> place_of_path(const std::string& path) const {
        const auto found = std::ranges::find(paths_, path);
        return found == paths_.end() ? std::nullopt
                                     : std::optional(std::size_t(found - paths_.begin()));
    }
    void count(CoreCounter counter, u64 events) {
        if (counters_->counts_it(counter))
            counts_[counters_->place_of(counter)] += events;
    }
    void count(std::optional<std::size_t> place, u64 events) {
        if (place)
            counts_[*place] += events;
    }
    u64 take_price() {
        const u64 attojoules = price_(counts_);
        std::ranges::fill(counts_, 0);
        return attojoules;
    }

    void count_row(const Cell& cell) {
        using enum CoreCounter;
        using isa::Energy;
        const bool has_none = cell.row->timing == isa::Timing::mac_load && cell.has_no_product;
        switch (cell.row->energy) {
            case Energy::alu:
                return count(alu, cell.count);
            case Energy::multiply:
                return count(multiply, cell.count);
            case Energy::dot_product:
                return count(has_none ? loads_stores : dot_products, cell.count);
            case Energy::load:
                count(loads, cell.count);
                return count(loads_stores, cell.count);
            case Energy::store:
                count(stores, cell.count);
                return count(loads_stores, cell.count);
            case Energy::divide:
                return count(divisions, cell.count);
            case Energy::idle:
                return;
        }
    }

    /// Everything but sleep.
    void count_cell(const Cell& cell) {
        using enum CoreCounter;
        if (cell.row != nullptr)
            count_row(cell);
        if (cell.row != nullptr && cell.row->timing == isa::Timing::mac_load)
            count(mac_load_refills, cell.count);
        count(instructions, cell.count);
        count(mixed_dot_products, cell.mixed);
        count(divide_cycles, cell.divide_cycles);
        count(macs, cell.macs);
        count(branches_taken, cell.taken);
        u64 active = cell.count;
        for (unsigned cause = 0; cause < core::kStallCauses; ++cause) {
            count(stalls_[cause], cell.stalls[cause]);
            active += cell.stalls[cause];
        }
        count(active_cycles, active);
        count(reads_, cell.reads);
        count(writes_, cell.writes);
    }

    void add_lines(unsigned index, const Node& node) {
        std::map<ProfilePlace, std::vector<const Cell*>> cells;
        for (const Cell& cell : node.cells)
            cells[place_of(cell.pc)].push_back(&cell);
        for (const auto& [place, members] : cells) {
            ProfileCost cost;
            u64 halves = 0;  // of words fetched
            for (const Cell* cell : members) {
                cost.instructions += cell->count;
                for (unsigned cause = 0; cause < core::kStallCauses; ++cause)
                    cost.stalls[cause] += cell->stalls[cause];
                cost.macs += cell->macs;
                const bool is_compressed =
                    cell->row != nullptr && cell->row->extension == isa::Extension::c;
                halves += is_compressed ? cell->count : 2 * cell->count;
                count_cell(*cell);
            }
            cost.attojoules = take_price();
            count(CoreCounter::fetched_words, halves);
            cost.attojoules += take_price() / 2;
            result_.nodes[index].lines.push_back({.place = place, .cost = cost});
        }
    }

    /// What a function waits for while it sleeps is shown as if it had called it.
    void add_waits(unsigned parent, const Node& node) {
        std::map<std::pair<unsigned, ProfilePlace>, Cycles> waits;
        for (const Cell& cell : node.cells)
            for (const auto& [address, cycles] : cell.sleeps)
                waits[{wait_of(address), place_of(cell.pc)}] += cycles;
        for (const auto& [key, cycles] : waits) {
            count(CoreCounter::sleep_cycles, u64(cycles));
            const ProfileCost cost{.asleep = cycles, .attojoules = take_price()};
            result_.nodes.push_back({.parent = parent,
                                     .function = key.first,
                                     .core = result_.nodes[parent].core,
                                     .called_at = key.second,
                                     .calls = 1,
                                     .lines = {{.place = key.second, .cost = cost}}});
        }
    }

    const CallProfile& profile_;
    const std::vector<std::string>& paths_;  // of all counters
    const SourceLines lines_;
    const Price& price_;
    energy::Counts counts_;
    std::optional<CoreCounters> counters_;  // of the core that is added
    std::optional<std::size_t> reads_;      // its accesses to the TCDM, places in paths_
    std::optional<std::size_t> writes_;
    std::array<std::optional<std::size_t>, core::kStallCauses> stalls_;
    std::map<Address, ProfilePlace> places_;
    std::map<const ElfImage::Symbol*, unsigned> functions_;
    std::map<std::string, unsigned> waits_;
    Profile result_;
};

CallProfile::CallProfile(const ElfImage& image, WaitName wait_name)
    : image_(image), wait_name_(std::move(wait_name)) {}

CallProfile::~CallProfile() = default;

void CallProfile::observe(core::Core& core, const std::string& path) {
    observers_.push_back(std::make_unique<CoreObserver>(image_, core, path));
    core.probes.instruction.attach(*observers_.back());
}

void CallProfile::finish() {
    for (const auto& observer : observers_)
        observer->finish();
}

Profile CallProfile::result(const std::vector<std::string>& paths, const Price& price) const {
    Builder builder(*this, paths, price);
    for (const auto& observer : observers_)
        builder.add(*observer);
    return std::move(builder).take();
}

}  // namespace flexv::platform
