"""The templates of registers: who is paid on paper signs there."""

VOUCHER_REGISTER = "voucher-register"
RESERVE_REGISTER = "reserve-register"
"""For what a township hands out of its reserve fund (备用金)."""
REGISTERS = (VOUCHER_REGISTER, RESERVE_REGISTER)
