package io.sluice.web;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a route answers, where its method's type does not say it. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Answers {

    /** The body: a record, or {@code Void} for none. */
    Class<?> value() default Void.class;

    int status() default 200;

    /** Many of them: a page, or lines when the client accepts NDJSON. */
    boolean list() default false;

    /** As lines of NDJSON only. */
    boolean lines() default false;

    /** Another media type than JSON, without a schema. */
    String type() default "";

    /** The answer has an ETag, and {@code If-None-Match} is looked at. */
    boolean etag() default false;

    /** The answer may come from the cache: {@code X-Cache}. */
    boolean cached() default false;

    /** Refused without {@code If-Match}. */
    boolean ifMatch() default false;

    /** Its own problem codes as {@code 409 code}. */
    String[] problems() default {};
}
