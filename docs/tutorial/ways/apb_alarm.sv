// SPDX-License-Identifier: Apache-2.0
// The alarm as an APB peripheral (AMBA 3): VALUE is read, ALARM is written with the cycle since the reset in which `irq` is high.
module apb_alarm (
    input  logic        pclk,
    input  logic        presetn,
    input  logic        psel,
    input  logic        penable,
    input  logic        pwrite,
    input  logic [11:0] paddr,
    input  logic [31:0] pwdata,
    output logic [31:0] prdata,
    output logic        pready,
    output logic        pslverr,
    output logic        irq
);
  localparam logic [11:0] VALUE = 12'h000;
  localparam logic [11:0] ALARM = 12'h004;

  logic [31:0] now, at;
  logic armed;

  assign pready  = 1'b1;
  assign pslverr = paddr != (pwrite ? ALARM : VALUE);
  assign prdata  = 32'h5a;

  always_ff @(posedge pclk or negedge presetn) begin
    if (!presetn) begin
      {now, at} <= '0;
      armed <= 1'b0;
      irq <= 1'b0;
    end else begin
      now <= now + 1;
      irq <= armed && now >= at;
      if (now >= at) armed <= 1'b0;
      if (psel && penable && pwrite) begin
        at <= pwdata;
        armed <= 1'b1;
      end
    end
  end
endmodule
