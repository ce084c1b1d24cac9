// SPDX-License-Identifier: Apache-2.0
// What a block tells or asks another one without an address: an event, a level, a question. A port
// of SystemC with a typed interface of one function, so that it has a name in the hierarchy, is
// bound where the platform is wired, and cannot be bound twice or once time has started.
#pragma once

#include <systemc>

#include <memory>
#include <utility>

namespace flexv {

template <typename Signature>
class CallTarget;

template <typename Result, typename... Arguments>
class CallTarget<Result(Arguments...)> : public virtual sc_core::sc_interface {
public:
    virtual Result call(Arguments... arguments) const = 0;
};

template <typename Signature>
class CallPort;

/// May stay unbound: then nobody is told, and the answer is a Result of its own.
template <typename Result, typename... Arguments>
class CallPort<Result(Arguments...)>
    : public sc_core::sc_port<CallTarget<Result(Arguments...)>, 1, sc_core::SC_ZERO_OR_MORE_BOUND> {
public:
    using Target = CallTarget<Result(Arguments...)>;

    explicit CallPort(const char* name)
        : sc_core::sc_port<Target, 1, sc_core::SC_ZERO_OR_MORE_BOUND>(name) {}

    /// Binds the port to what `handler` does, which lives as long as the port.
    template <typename Handler>
    void connect(Handler handler) {
        auto bound = std::make_unique<Bound<Handler>>(std::move(handler));
        this->bind(*bound);
        target_ = std::move(bound);
    }

    [[nodiscard]] bool is_bound() const { return this->size() != 0; }
    /// To be called once elaboration has ended.
    Result operator()(Arguments... arguments) const {
        if (!is_bound())
            return Result();
        return (*this)->call(arguments...);
    }

private:
    template <typename Handler>
    class Bound final : public Target {
    public:
        explicit Bound(Handler handler) : handler_(std::move(handler)) {}
        Result call(Arguments... arguments) const override { return handler_(arguments...); }

    private:
        const Handler handler_;
    };

    std::unique_ptr<Target> target_;
};

}  // namespace flexv
