package io.sluice.access;

/** Failed logins by network address: thirty within 15 minutes refuse more. */
public interface AddressGuard {

    /** Passes, or the problem {@code TooMany}. Returns at once. */
    void require(String address);

    void failed(String address);
}
