package dev.assay.workload;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What one rank runs. Sealed: a new workload does not compile until every place handles it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Burn.class, name = "burn"),
    @JsonSubTypes.Type(value = Coupled.class, name = "coupled")
})
public sealed interface Workload permits Burn, Coupled {
    /** The name criteria files write. */
    String key();
}
