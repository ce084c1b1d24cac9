// SPDX-License-Identifier: Apache-2.0
// The commands of the remote serial protocol, by a debugger that sends them and a target without a
// platform.
#include "platform/debug/stub.hpp"
#include "platform/debug/hex.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "support/scripted_debugger.hpp"

namespace flexv::platform {
namespace {

struct Session {
    test::PlainTarget target;
    test::ScriptedChannel channel;
    GdbStub stub{target, channel};

    Resumption serve(const std::vector<std::string>& packets, const Stop& stop = {}) {
        for (const std::string& packet : packets)
            channel.say(rsp_frame(packet));
        return stub.serve(stop);
    }
    /// The reply to one packet behind all that came before.
    std::string ask(const std::string& packet) {
        const std::size_t before = channel.replies().size();
        (void)serve({packet});
        const auto replies = channel.replies();
        REQUIRE(replies.size() > before);
        return replies.back();
    }
};

TEST_CASE("a packet that nobody knows gets the empty reply", "[debug]") {
    Session session;

    CHECK(session.ask("vMustReplyEmpty") == "");
    CHECK(session.ask("qUnheardOf:1") == "");
    CHECK(session.ask("Z7,0,4") == "");
}

TEST_CASE("a malformed packet gets an error and changes nothing", "[debug]") {
    Session session;
    for (const char* packet : {"m",
                               "m100",
                               "m100,",
                               "mzz,4",
                               "M100,4:00",
                               "M100,1:0g",
                               "X100,4:ab",
                               "p",
                               "pff",
                               "P",
                               "P1",
                               "P1=12",
                               "P99=00000000",
                               "G00",
                               "Hg",
                               "Hg3",
                               "Hgx",
                               "T9",
                               "T",
                               "Z0",
                               "Z0,,",
                               "z1,x",
                               "qThreadExtraInfo,9",
                               "qRcmd,abc",
                               "qXfer:features:read:target.xml:x",
                               "vCont;x",
                               "vCont;s:9",
                               "vCont;r1:1",
                               "cxyz",
                               "Cx"}) {
        CAPTURE(packet);
        const std::string reply = session.ask(packet);
        CHECK((reply.starts_with("E") && reply.size() == 3));
    }
    CHECK(session.target.registers == decltype(session.target.registers){});
    CHECK(session.target.memory == std::string(256, '\0'));
    CHECK(session.target.points.empty());
}

TEST_CASE("registers are read and written one by one and together", "[debug]") {
    Session session;
    session.target.registers[0][32] = 0x1c008080;

    CHECK(session.ask("p20") == "8080001c");
    CHECK(session.ask("p27") == "xxxxxxxx");  // the core has no such register
    CHECK(session.ask("P5=78563412") == "OK");
    CHECK(session.target.registers[0][5] == 0x12345678);
    const std::string all = session.ask("g");
    CHECK(all.size() == 33 * 8);
    CHECK(all.substr(5 * 8, 8) == "78563412");
    CHECK(session.ask("G" + all) == "OK");
}

TEST_CASE("memory ends where it ends", "[debug]") {
    Session session;
    session.target.memory.replace(0xfc, 4, "abcd");

    CHECK(session.ask("m1fc,8") == "61626364");
    CHECK(session.ask("m200,4") == "E01");
    CHECK(session.ask("M100,2:beef") == "OK");
    CHECK(session.ask("m100,2") == "beef");
    CHECK(session.ask("X102,3:#$}") == "OK");
    CHECK(session.ask("m102,3") == "23247d");
    CHECK(session.ask("X1fe,4:abcd") == "E01");
    CHECK(session.ask("X100,0:") == "OK");
}

TEST_CASE("threads have names and states", "[debug]") {
    Session session;

    CHECK(session.ask("qfThreadInfo") == "m1,2");
    CHECK(session.ask("qsThreadInfo") == "l");
    CHECK(hex::bytes_of(session.ask("qThreadExtraInfo,2")) == "a < b");
    const std::string list = session.ask("qXfer:threads:read::0,1000");
    CHECK(list.find("name=\"second\">a &lt; b<") != std::string::npos);
    CHECK(session.ask("T2") == "OK");
}

TEST_CASE("a document is read in parts", "[debug]") {
    Session session;

    CHECK(session.ask("qXfer:features:read:target.xml:0,4") == "m<tar");
    CHECK(session.ask("qXfer:features:read:target.xml:4,100") == "lget/>");
    CHECK(session.ask("qXfer:features:read:target.xml:100,100") == "l");
}

TEST_CASE("a stop is told only to a debugger that waits for it", "[debug]") {
    Session session;
    CHECK(session.serve({"vCont;c"}).kind == Resumption::Kind::go);
    CHECK(session.channel.replies().empty());
    session.target.registers[1][32] = 0x10;

    (void)session.serve({}, {.thread = 2, .note = "why"});

    CHECK(session.channel.replies() ==
          std::vector<std::string>{"O776879", "T05thread:2;20:10000000;2:00000000;"});
}

TEST_CASE("the reason of a stop is told", "[debug]") {
    Session session;
    (void)session.serve({"qSupported:swbreak+", "c"});
    (void)session.serve({"c"}, {.reason = Stop::Reason::breakpoint});
    (void)session.serve({"c"}, {.reason = Stop::Reason::access, .address = 0x1c00});
    (void)session.serve({"c"}, {.signal = gdb_signal::kInterrupt});

    const auto replies = session.channel.replies();
    CHECK(replies.at(1).ends_with("swbreak:;"));
    CHECK(replies.at(2).ends_with("awatch:1c00;"));
    CHECK(replies.at(3).starts_with("T02"));
}

TEST_CASE("the actions of vCont say who steps", "[debug]") {
    Session session;

    const Resumption alone = session.serve({"vCont;s:2"});
    CHECK((alone.kind == Resumption::Kind::step && alone.thread == 2 && alone.alone));
    const Resumption among = session.serve({"vCont;s:2;c"});
    CHECK((among.thread == 2 && !among.alone));
    const Resumption range = session.serve({"vCont;r1c008000,1c008010:1;c:-1"});
    CHECK((range.range_first == 0x1c008000 && range.range_end == 0x1c008010));
    CHECK(session.serve({"Hc2", "s"}).thread == 2);
    CHECK(session.serve({"C05"}).kind == Resumption::Kind::go);
}

TEST_CASE("a lost connection detaches and a kill kills", "[debug]") {
    Session session;

    CHECK(session.serve({}).kind == Resumption::Kind::detach);
    CHECK(session.serve({"D"}).kind == Resumption::Kind::detach);
    CHECK(session.serve({"k"}).kind == Resumption::Kind::kill);
    CHECK(session.serve({"vKill;1"}).kind == Resumption::Kind::kill);
}

TEST_CASE("packets are acknowledged until the debugger asks for peace", "[debug]") {
    Session session;
    session.channel.say("$g#00");

    (void)session.serve({"QStartNoAckMode", "T1"});

    CHECK(session.channel.heard() == "-+$OK#9a$OK#9a");
}

TEST_CASE("a reply is sent again when it was damaged", "[debug]") {
    Session session;
    session.channel.say(rsp_frame("T1") + "-");

    (void)session.serve({});

    CHECK(session.channel.heard() == "+$OK#9a$OK#9a");
}

TEST_CASE("monitor commands print on the debugger's console", "[debug]") {
    Session session;

    (void)session.serve({"qRcmd," + hex::of_bytes("cores")});

    CHECK(session.channel.replies() ==
          std::vector<std::string>{"O" + hex::of_bytes("cores!"), "OK"});
}

TEST_CASE("a run that has a past goes back", "[debug]") {
    Session session;

    CHECK(session.ask("qSupported").ends_with(";ReverseStep+;ReverseContinue+"));
    const Resumption step = session.serve({"T2", "bs"});
    CHECK((step.kind == Resumption::Kind::step_back && step.thread == 2));
    CHECK(session.serve({"bc"}).kind == Resumption::Kind::go_back);
    (void)session.serve({}, {.reason = Stop::Reason::begin});
    CHECK(session.channel.replies().back().ends_with("replaylog:begin;"));
}

TEST_CASE("the thread that goes back is the one that was chosen last", "[debug]") {
    Session session;  // of two threads
    const Stop stop{.thread = 2};

    CHECK(session.serve({"Hg1", "g", "Hc0", "bs"}, stop).thread == 2);  // info threads
    CHECK(session.serve({"T1", "Hg2", "g", "bs"}, stop).thread == 1);   // thread 1, info threads
    CHECK(session.serve({"T2", "T1", "bs"}, stop).thread == 2);         // thread apply all
    CHECK(session.serve({"T1", "T2", "T1", "bs"}, stop).thread == 1);
    CHECK(session.serve({"Hc1", "bs"}, stop).thread == 1);
}

TEST_CASE("a run without a past says so", "[debug]") {
    Session session;
    session.target.has_past = false;

    CHECK(session.ask("qSupported").find("Reverse") == std::string::npos);
    CHECK(session.ask("bs") == "E01");
    CHECK(session.ask("bc") == "E01");
}

TEST_CASE("a stub goes on with the session of another one", "[debug]") {
    Session first;
    (void)first.serve({"QStartNoAckMode", "Hg2", "qSupported:swbreak+", "bc"});
    Session second;

    second.stub.take_over(first.stub.session(), true);
    (void)second.serve({"g"}, {.thread = 2, .reason = Stop::Reason::breakpoint});

    CHECK(second.channel.heard().starts_with("$T05thread:2;"));  // not acknowledged
    CHECK(second.channel.replies().front().ends_with("swbreak:;"));
}

TEST_CASE("non-stop: threads go and halt one by one", "[debug]") {
    Session session;
    session.target.halted = {true, true};

    CHECK(session.ask("QNonStop:1") == "OK");
    CHECK(session.ask("vCont;s:2") == "OK");
    CHECK(session.target.halted == std::array{true, false});
    REQUIRE(session.target.resumed.size() == 1);
    CHECK(session.target.resumed[0].kind == Resumption::Kind::step);
    CHECK(session.target.resumed[0].thread == 2);
    CHECK_FALSE(session.stub.attend(rsp_frame("vCont;t:2") + rsp_frame("vCont;c")));
    CHECK(session.target.halted == std::array{false, false});
    CHECK(session.stub.attend(rsp_frame("vCont;t:-1") + rsp_frame("D"))->kind ==
          Resumption::Kind::detach);
    CHECK(session.target.halted == std::array{true, true});
    CHECK(session.ask("vCont;t:7") == "E16");
    CHECK(session.ask("QNonStop:2") == "E16");
}

TEST_CASE("non-stop: who is halted is told once and the others on request", "[debug]") {
    Session session;
    session.target.halted = {true, true};
    (void)session.serve({"QNonStop:1", "?", "vStopped", "vStopped"});

    const auto replies = session.channel.replies();
    REQUIRE(replies.size() == 4);
    CHECK(replies[1].starts_with("T00thread:1;"));
    CHECK(replies[2].starts_with("T00thread:2;"));
    CHECK(replies[3] == "OK");
    CHECK_FALSE(session.stub.is_telling());
}

TEST_CASE("non-stop: one notification at a time", "[debug]") {
    Session session;
    (void)session.serve({"QStartNoAckMode", "QNonStop:1"});
    const std::size_t before = session.channel.heard().size();

    session.stub.notify({.thread = 2});
    session.stub.notify({.thread = 1});

    const std::string heard = session.channel.heard().substr(before);
    CHECK(heard.starts_with("%Stop:T05thread:2;"));
    CHECK(heard.find("thread:1;") == std::string::npos);
    CHECK(session.ask("vStopped").starts_with("T05thread:1;"));
    CHECK(session.ask("vStopped") == "OK");
}

TEST_CASE("breakpoints and watchpoints come and go", "[debug]") {
    Session session;

    CHECK(session.ask("Z0,1c008080,2") == "OK");
    CHECK(session.ask("Z2,10000000,4;X1,2") == "OK");
    CHECK(session.target.points.size() == 2);
    CHECK(session.ask("z0,1c008080,2") == "OK");
    CHECK(session.ask("z0,1c008080,2") == "E01");
}

}  // namespace
}  // namespace flexv::platform
