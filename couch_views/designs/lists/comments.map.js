function (doc) {
  // [about, what, comment]: the comments on one market, or on one entry, in the order in which they came.
  if (doc.kind !== "comment" || typeof doc.id !== "string") {
    return;
  }
  function digits(id) {
    return ("00000000000000000000" + id).slice(-20);
  }
  if (typeof doc.market_id === "string") {
    emit(["market", digits(doc.market_id), digits(doc.id)], null);
  }
  if (typeof doc.entry_id === "string") {
    emit(["entry", digits(doc.entry_id), digits(doc.id)], null);
  }
}
