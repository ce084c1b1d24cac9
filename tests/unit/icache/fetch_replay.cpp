// SPDX-License-Identifier: Apache-2.0
#include "fetch_replay.hpp"

#include <algorithm>
#include <optional>

namespace flexv::test {

namespace {

constexpr Cycles kFetchToExecute = 3;  // a word asked for in t and found at once is in EX in t + 3
constexpr std::size_t kBufferedWords = 4;  // a word is asked for when the 4th before it enters EX

class FetchStage {
public:
    FetchStage(FetchTarget& cache, unsigned core, const Trace& trace)
        : cache_(cache), core_(core), steps_(trace.steps()) {}

    /// Cycle of the next request; none while it hangs on the synchronisation, or at the end.
    [[nodiscard]] std::optional<Cycles> next_request() const {
        if (is_done() || waits_for_sync_)
            return std::nullopt;
        return std::max(allowed(), free_);
    }
    [[nodiscard]] bool is_done() const { return next_ == steps_.size(); }
    [[nodiscard]] Cycles sync_reached() const { return entered_.back(); }

    void request() {
        const Cycles data = fetch(steps_[next_].pc, *next_request());
        entered_.push_back(std::max(left_ + 1, data + 2));
        left_ = entered_.back();
        const Step step = steps_[next_++];
        waits_for_sync_ = step.kind == Step::Kind::sync;
        if (step.kind == Step::Kind::start)
            span_.start = left_;
        if (step.kind == Step::Kind::stop)
            span_.stop = left_;
        redirect_behind(step);
    }
    void grant_sync(Cycles now) {
        left_ = now;
        waits_for_sync_ = false;
    }
    [[nodiscard]] const Span& span() const { return span_; }

private:
    /// First cycle in which the buffer has room for the next word.
    [[nodiscard]] Cycles allowed() const {
        const std::size_t words = entered_.size();
        return words < kBufferedWords ? redirected_
                                      : std::max(redirected_, entered_[words - kBufferedWords]);
    }
    /// Cycle in which the data of `address`, asked for in cycle `now`, arrive. The last of the
    /// cycles lost in a miss is the one in which the port cannot ask for the next word yet.
    Cycles fetch(Address address, Cycles now) {
        const Address line = address & ~(kFetchLineBytes - 1);
        Cycles data = now + 1;
        free_ = data;
        if (line != line_ && !cache_.hit(core_, line)) {
            const Cycles in_execute = std::max(left_ + 1, now + kFetchToExecute);
            const Cycles slack = in_execute - (now + kFetchToExecute);
            const Cycles reached = cache_.fetch(core_, line, in_execute, slack);
            if (reached != in_execute) {
                data = reached - 3;
                free_ = data + 1;
            }
        }
        line_ = line;
        return data;
    }
    void redirect_behind(const Step& step) {
        using enum Step::Kind;
        if (step.kind != jump && step.kind != taken_branch && step.kind != flush)
            return;
        // A jump leaves from ID, a branch from EX, a flush behind EX.
        const Cycles last = step.kind == jump ? left_ - 2 : step.kind == flush ? left_ : left_ - 1;
        fetch_wrong_path(step.pc + 4, last);
        entered_.clear();
        redirected_ = last + 1;
    }
    void fetch_wrong_path(Address address, Cycles last) {
        while (std::max(allowed(), free_) <= last) {
            fetch(address, std::max(allowed(), free_));
            address += 4;
            entered_.push_back(left_ + 1);
        }
    }

    FetchTarget& cache_;
    const unsigned core_;
    const std::vector<Step>& steps_;
    std::size_t next_ = 0;
    std::vector<Cycles> entered_;  // EX cycles of the words since the last redirection
    Cycles left_ = 0;              // last EX cycle of the instruction before
    Cycles redirected_ = 0;
    Cycles free_ = 0;  // next cycle in which the fetch port can ask
    Address line_ = 1;
    bool waits_for_sync_ = false;
    Span span_;
};

/// Lets the request that is due first happen; false when nobody can ask.
bool request_earliest(std::vector<FetchStage>& stages) {
    FetchStage* first = nullptr;
    for (FetchStage& stage : stages)
        if (stage.next_request() &&
            (first == nullptr || *stage.next_request() < *first->next_request()))
            first = &stage;
    if (first != nullptr)
        first->request();
    return first != nullptr;
}

}  // namespace

std::vector<Span> replay(FetchTarget& cache, const std::vector<Trace>& harts) {
    std::vector<FetchStage> stages;
    for (unsigned core = 0; core < harts.size(); ++core)
        stages.emplace_back(cache, core, harts[core]);
    while (request_earliest(stages)) {
    }
    Cycles granted = 0;
    for (const FetchStage& stage : stages)
        granted = std::max(granted, stage.sync_reached());
    for (FetchStage& stage : stages)
        stage.grant_sync(granted);
    while (request_earliest(stages)) {
    }
    std::vector<Span> spans;
    for (const FetchStage& stage : stages)
        spans.push_back(stage.span());
    return spans;
}

}  // namespace flexv::test
