package dev.assay.measurement;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The units that metrics and criteria are written in. GB is 10⁹ bytes, TFLOPS is 10¹² operations a second. */
public enum Unit {
    PERCENT("%"),
    TFLOPS("TFLOPS"),
    GIGABYTES_PER_SECOND("GB/s"),
    BYTES("B"),
    WATT("W"),
    JOULE("J"),
    MEGAHERTZ("MHz"),
    CELSIUS("°C"),
    KELVIN("K"),
    MILLISECOND("ms"),
    MICROSECOND("µs"),
    NANOSECOND("ns"),
    MEBIBYTES("MiB"),
    TOKENS_PER_SECOND("tokens/s"),
    TOKENS_PER_JOULE("tokens/J"),
    COUNT("count"),
    RATIO("ratio");

    private final String symbol;

    Unit(String symbol) {
        this.symbol = symbol;
    }

    @JsonValue
    public String symbol() {
        return symbol;
    }

    /** Whether its numbers stand alone, without a symbol. */
    public boolean isBare() {
        return this == COUNT || this == RATIO;
    }

    /** Whether more of it is slower. */
    public boolean isTime() {
        return this == MILLISECOND || this == MICROSECOND || this == NANOSECOND;
    }

    @JsonCreator
    public static Unit of(String symbol) {
        return Arrays.stream(values())
                .filter(unit -> unit.symbol.equals(symbol))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown unit \"" + symbol + "\"; valid units: "
                        + Arrays.stream(values()).map(Unit::symbol).collect(Collectors.joining(", "))));
    }
}
