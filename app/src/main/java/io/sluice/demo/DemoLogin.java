package io.sluice.demo;

/** How to sign in as one of the demo's users. */
record DemoLogin(String tenant, String username, String role, String password) {

    boolean isOf(String otherTenant, String otherUsername) {
        return tenant.equals(otherTenant) && username.equals(otherUsername);
    }
}
