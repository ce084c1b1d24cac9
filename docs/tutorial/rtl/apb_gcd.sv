// SPDX-License-Identifier: Apache-2.0
// Greatest common divisor by subtraction, an APB peripheral (AMBA 3). A read of RESULT waits for the end of the
// computation; `irq` is high for one cycle at its end.
module apb_gcd (
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
  localparam logic [11:0] A = 12'h000;       // RW: first number; a write starts
  localparam logic [11:0] B = 12'h004;       // RW: second number, to be written before
  localparam logic [11:0] RESULT = 12'h008;  // R
  localparam logic [11:0] CYCLES = 12'h00c;  // R: of the last computation

  logic [31:0] a, b, x, y, cycles;
  logic busy;

  wire write = psel && penable && pwrite && pready;

  always_comb begin
    pready  = !(busy && !pwrite && paddr == RESULT);
    pslverr = paddr > CYCLES || (pwrite && paddr > B);
    case (paddr)
      A: prdata = a;
      B: prdata = b;
      RESULT: prdata = x;
      CYCLES: prdata = cycles;
      default: prdata = '0;
    endcase
  end

  always_ff @(posedge pclk or negedge presetn) begin
    if (!presetn) begin
      {a, b, x, y, cycles} <= '0;
      busy <= 1'b0;
      irq  <= 1'b0;
    end else begin
      irq <= 1'b0;
      if (busy) begin
        cycles <= cycles + 1;
        if (x == y || x == 0 || y == 0) begin
          x    <= (x == 0) ? y : x;
          busy <= 1'b0;
          irq  <= 1'b1;
        end else if (x > y) x <= x - y;
        else y <= y - x;
      end
      if (write && paddr == B) b <= pwdata;
      if (write && paddr == A) begin
        a <= pwdata;
        x <= pwdata;
        y <= b;
        cycles <= '0;
        busy <= 1'b1;
      end
    end
  end
endmodule
