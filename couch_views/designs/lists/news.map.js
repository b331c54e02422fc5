function (doc) {
  // [market, time, market, news]: the news of one market, or under "0" those of all, in the order of time.
  if (doc.kind !== "news") {
    return;
  }
  var texts = [doc.id, doc.market_id, doc.created_datetime];
  for (var i = 0; i < texts.length; i += 1) {
    if (typeof texts[i] !== "string") {
      return;
    }
  }
  function digits(number) {
    return ("000000000000000000000000000000" + number).slice(-30);
  }
  var market = ("00000000000000000000" + doc.market_id).slice(-20);
  var time = doc.created_datetime.replace(/[^0-9]/g, "");
  emit(["0", time, market, digits(doc.id)], null);
  emit([market, time, market, digits(doc.id)], null);
}
