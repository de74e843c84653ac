package dev.assay.workload;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a collective's buffers hold, by the names that nccl-tests uses. */
public enum CollectiveType {
    @JsonProperty("float")
    FLOAT("float", 4),
    @JsonProperty("bfloat16")
    BFLOAT16("bfloat16", 2),
    @JsonProperty("half")
    HALF("half", 2),
    @JsonProperty("int32")
    INT32("int32", 4);

    private final String key;
    private final int bytes;

    CollectiveType(String key, int bytes) {
        this.key = key;
        this.bytes = bytes;
    }

    public String key() {
        return key;
    }

    /** Of one element. */
    public int bytes() {
        return bytes;
    }
}
