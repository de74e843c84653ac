package dev.assay.device.cuda;

import java.util.function.Consumer;
import java.util.function.Function;

/** What a library answered: a value, or the reason in its own words why there is none. Never a zero in its place. */
sealed interface GpuReading<T> {
    record Value<T>(T value) implements GpuReading<T> {
        @Override
        public <R> R fold(Function<T, R> ifValue, Function<String, R> ifRefused) {
            return ifValue.apply(value);
        }
    }

    record Refused<T>(String reason) implements GpuReading<T> {
        @Override
        public <R> R fold(Function<T, R> ifValue, Function<String, R> ifRefused) {
            return ifRefused.apply(reason);
        }
    }

    static <T> GpuReading<T> of(T value) {
        return new Value<>(value);
    }

    static <T> GpuReading<T> refused(String reason) {
        return new Refused<>(reason);
    }

    <R> R fold(Function<T, R> ifValue, Function<String, R> ifRefused);

    default <R> GpuReading<R> map(Function<T, R> change) {
        return fold(value -> of(change.apply(value)), GpuReading::refused);
    }

    default <R> GpuReading<R> flatMap(Function<T, GpuReading<R>> change) {
        return fold(change, GpuReading::refused);
    }

    default void ifValue(Consumer<T> use) {
        map(value -> {
            use.accept(value);
            return value;
        });
    }

    /** The value as text, or the reason. */
    default String text() {
        return fold(String::valueOf, Function.identity());
    }
}
