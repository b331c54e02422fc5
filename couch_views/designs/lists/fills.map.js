function (doc) {
  // [account, sequence, market, execution, order]: a member's executions in the order they were booked.
  if (doc.kind !== "fill" || typeof doc.sequence !== "number") {
    return;
  }
  var texts = [doc.account_id, doc.market_id, doc.execution_id, doc.order_id];
  for (var i = 0; i < texts.length; i += 1) {
    if (typeof texts[i] !== "string") {
      return;
    }
  }
  function digits(number) {
    return ("00000000000000000000" + number).slice(-20);
  }
  emit(
    [digits(doc.account_id), digits(doc.sequence), digits(doc.market_id), digits(doc.execution_id), digits(doc.order_id)],
    null
  );
}
