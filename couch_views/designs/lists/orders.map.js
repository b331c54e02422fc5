function (doc) {
  // [account, by, value, order]: a member's orders by whatever the API filters by, one row for each.
  if (doc.kind !== "order") {
    return;
  }
  var texts = [doc.account_id, doc.id, doc.market_id, doc.contract_id, doc.state];
  for (var i = 0; i < texts.length; i += 1) {
    if (typeof texts[i] !== "string") {
      return;
    }
  }
  function digits(id) {
    return ("00000000000000000000" + id).slice(-20);
  }
  function hex(text) {
    var units = "";
    for (var at = 0; at < text.length; at += 1) {
      units += ("000" + text.charCodeAt(at).toString(16)).slice(-4);
    }
    return units;
  }
  var account = digits(doc.account_id);
  var id = digits(doc.id);
  emit([account, "all", "0", id], null);
  emit([account, "state", doc.state, id], null);
  emit([account, "market", digits(doc.market_id) + doc.state, id], null);
  emit([account, "contract", digits(doc.contract_id) + doc.state, id], null);
  if (typeof doc.reference_id === "string") {
    emit([account, "reference", hex(doc.reference_id), id], null);
  }
}
