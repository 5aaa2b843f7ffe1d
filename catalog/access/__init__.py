"""Asking for access (获取申请): who asks, what the agency answers, and what that grants.

The law's clocks run by working days; who asks is kept apart, sealed, and deleted on schedule.
"""
