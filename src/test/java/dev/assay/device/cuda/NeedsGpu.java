package dev.assay.device.cuda;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/** Runs where a CUDA driver shows a GPU; skipped elsewhere, with that as the reason. */
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("gpu")
@Timeout(120)
@EnabledIf(
        value = "dev.assay.device.cuda.CudaDevice#driverLoads",
        disabledReason = "no CUDA driver that shows a GPU loads here")
public @interface NeedsGpu {}
