function (doc) {
  // [kind, id, time, account]: who follows a member, a market or an event now.
  if (doc.kind !== "follow" || doc.active !== true) {
    return;
  }
  var texts = [doc.account_id, doc.followed, doc.followed_id, doc.created_datetime];
  for (var i = 0; i < texts.length; i += 1) {
    if (typeof texts[i] !== "string") {
      return;
    }
  }
  function digits(number) {
    return ("00000000000000000000" + number).slice(-20);
  }
  var time = doc.created_datetime.replace(/[^0-9]/g, "");
  emit([doc.followed, digits(doc.followed_id), time, digits(doc.account_id)], null);
}
