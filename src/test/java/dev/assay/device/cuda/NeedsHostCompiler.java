package dev.assay.device.cuda;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;

/** Runs where kernels can be compiled for the host; skipped elsewhere, with that as the reason. */
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
        value = "dev.assay.device.cuda.HostProgram#compilerIsHere",
        disabledReason = "no /usr/bin/g++ to compile the kernels for the host")
@interface NeedsHostCompiler {}
